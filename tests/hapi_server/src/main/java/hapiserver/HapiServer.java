package hapiserver;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.dstu3.JpaConformanceProviderDstu3;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.LoggingInterceptor;
import ca.uhn.fhir.rest.server.interceptor.RequestValidatingInterceptor;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.validation.IInstanceValidatorModule;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Starts the server on loopback, prints "READY http://127.0.0.1:PORT/fhir" and runs until it is killed. */
public final class HapiServer {

    private final FhirRelease release;
    private final AnnotationConfigApplicationContext spring;
    private final RestfulServer fhir;

    private HapiServer(FhirRelease release) {
        this.release = release;
        this.spring = new AnnotationConfigApplicationContext(JpaBeans.class, release.configuration());
        this.fhir = new RestfulServer(spring.getBean(FhirContext.class));
    }

    public static void main(String[] args) throws Exception {
        long begun = System.currentTimeMillis();
        System.setProperty("scheduling_disabled", "true"); // HAPI reads it: no Quartz jobs
        if (Boolean.getBoolean("stopWithParent")) {
            stopWhenInputEnds();
        }
        HapiServer server = new HapiServer(FhirRelease.named(System.getProperty("fhir.version", "R4")));
        server.offerResources();
        server.setPages();
        server.setAnswers();
        Server jetty = new Server();
        ServerConnector port = server.listen(jetty);
        jetty.start();
        Runtime.getRuntime().addShutdownHook(new Thread(server.spring::close));
        announce("http://127.0.0.1:" + port.getLocalPort() + "/fhir", System.currentTimeMillis() - begun);
        jetty.join();
    }

    private void offerResources() {
        fhir.registerProviders(release.bean(spring, "myResourceProviders", ResourceProviderFactory.class)
                .createProviders());
        fhir.registerProvider(spring.getBean(IJpaSystemProvider.class)); // batch and transaction
        IFhirSystemDao<?, ?> dao = release.bean(spring, "mySystemDao", IFhirSystemDao.class);
        fhir.setServerConformanceProvider(release == FhirRelease.DSTU3 ? dstu3Conformance(dao) : conformance(dao));
    }

    private Object conformance(IFhirSystemDao<?, ?> dao) {
        return new JpaCapabilityStatementProvider(
                fhir,
                dao,
                spring.getBean(JpaStorageSettings.class),
                spring.getBean(ISearchParamRegistry.class),
                spring.getBean(IValidationSupport.class));
    }

    @SuppressWarnings("unchecked") // the general provider speaks R4 and later only
    private Object dstu3Conformance(IFhirSystemDao<?, ?> dao) {
        return new JpaConformanceProviderDstu3(
                fhir,
                (IFhirSystemDao<org.hl7.fhir.dstu3.model.Bundle, org.hl7.fhir.dstu3.model.Meta>) dao,
                spring.getBean(JpaStorageSettings.class),
                spring.getBean(ISearchParamRegistry.class));
    }

    /** The sizes of the public test server: 20 by default, 500 at most. */
    private void setPages() {
        DatabaseBackedPagingProvider pages = spring.getBean(DatabaseBackedPagingProvider.class);
        pages.setDefaultPageSize(Integer.getInteger("pageSize", 20));
        pages.setMaximumPageSize(Integer.getInteger("maxPageSize", 500));
        fhir.setPagingProvider(pages); // after the sizes: it copies them
    }

    private void setAnswers() {
        fhir.setDefaultResponseEncoding(EncodingEnum.JSON);
        fhir.setDefaultPrettyPrint(false);
        if (Boolean.getBoolean("validate")) {
            fhir.registerInterceptor(refusingInvalidWrites());
        }
        LoggingInterceptor access = new LoggingInterceptor();
        access.setLoggerName("access");
        access.setMessageFormat("${requestVerb} ${requestUrl} ${processingTimeMillis}ms");
        access.setErrorMessageFormat("${requestVerb} ${requestUrl} ERROR");
        fhir.registerInterceptor(access);
    }

    private RequestValidatingInterceptor refusingInvalidWrites() {
        RequestValidatingInterceptor strict = new RequestValidatingInterceptor();
        strict.addValidatorModule(spring.getBean(IInstanceValidatorModule.class));
        strict.setFailOnSeverity(ResultSeverityEnum.ERROR);
        return strict;
    }

    private ServerConnector listen(Server jetty) {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(64 * 1024); // long lists of ids
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.getInteger("port", 0));
        connector.setIdleTimeout(Long.getLong("idleMillis", 30_000L));
        jetty.addConnector(connector);
        ServletContextHandler root = new ServletContextHandler();
        root.setContextPath("/");
        root.addServlet(new ServletHolder(fhir), "/fhir/*");
        jetty.setHandler(root);
        return connector;
    }

    private static void announce(String url, long millis) throws IOException {
        String file = System.getProperty("readyFile");
        if (file != null) {
            Path half = Path.of(file + ".new"); // a reader sees the whole line or no file
            Files.writeString(half, url + "\n");
            Files.move(half, Path.of(file), StandardCopyOption.ATOMIC_MOVE);
        }
        System.out.println("READY " + url + " after " + millis + " ms");
    }

    /** Whoever started us holds our standard input: when it is killed, we end too. */
    private static void stopWhenInputEnds() {
        Thread watcher = new Thread(
                () -> {
                    try (InputStream input = System.in) {
                        input.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException ended) {
                        System.err.println("standard input failed: stopping");
                    }
                    Runtime.getRuntime().halt(0);
                },
                "stop-with-parent");
        watcher.setDaemon(true);
        watcher.start();
    }
}
