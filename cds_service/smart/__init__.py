"""SMART App Launch 2.2: from an EHR's launch to a session that may read one patient's record.

    launching = Launching(clients, requests, sessions)
    begun = launching.begin(server, launch, view)       # where the browser is sent, its cookie
    opened = launching.complete(answer, cookies)        # the session, its cookie
    session = sessions.open(session_id, cookies)        # on every later request

The pure parts, each a module: `authorization` (the request, PKCE), `server_configuration`,
`token_answer` and `identity` (what comes back). Whatever goes wrong is a LaunchRefusedError: a
cause for the page that the user reads, and a word of a closed list for the log.
"""
