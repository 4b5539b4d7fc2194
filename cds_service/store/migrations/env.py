"""How Alembic runs the migrations: on the connection, and in the transaction, it is given."""

from alembic import context

from cds_service.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,  # the caller has a transaction, with a lock in it
)
context.run_migrations()
