package hapiserver;

import ca.uhn.fhir.jpa.config.dstu3.JpaDstu3Config;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.r4b.JpaR4BConfig;
import ca.uhn.fhir.jpa.config.r5.JpaR5Config;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.context.ApplicationContext;

/** The FHIR versions HAPI stores, with the configuration and the ending of the bean names of each. */
enum FhirRelease {
    DSTU3(JpaDstu3Config.class, "Dstu3"),
    R4(JpaR4Config.class, "R4"),
    R4B(JpaR4BConfig.class, "R4B"),
    R5(JpaR5Config.class, "R5");

    private final Class<?> configuration;
    private final String ending;

    FhirRelease(Class<?> configuration, String ending) {
        this.configuration = configuration;
        this.ending = ending;
    }

    static FhirRelease named(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("fhir.version must be one of " + Arrays.toString(values()), unknown);
        }
    }

    Class<?> configuration() {
        return configuration;
    }

    <T> T bean(ApplicationContext spring, String name, Class<T> type) {
        return spring.getBean(name + ending, type);
    }
}
