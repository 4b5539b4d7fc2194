package hapiserver;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** The smallest set of Spring beans with which HAPI's JPA storage starts; HapiServer adds the FHIR version. */
@Configuration
@EnableTransactionManagement
@Import({
    HapiJpaConfig.class,
    // the rest is wired by HAPI's own beans even where it is never used
    ThreadPoolFactoryConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class,
    SubscriptionChannelConfig.class,
    SubscriptionProcessorConfig.class,
    SubscriptionSubmitterConfig.class
})
public class JpaBeans {

    @Bean
    public JpaStorageSettings jpaStorageSettings() {
        JpaStorageSettings settings = new JpaStorageSettings();
        // no clean-up in the background: repeatable tests
        settings.setSchedulingDisabled(true);
        // HAPI's own default is 60000: an identical search within it may be stale
        long reuse = Long.getLong("reuseMillis", 60_000L);
        settings.setReuseCachedSearchResultsForMillis(reuse > 0 ? reuse : null);
        settings.setMaximumIncludesToLoadPerPage(
                Integer.getInteger("maxIncludes", settings.getMaximumIncludesToLoadPerPage()));
        // with integrity off HAPI takes dangling references, as some EHRs do
        boolean integrity = Boolean.parseBoolean(System.getProperty("integrity", "true"));
        settings.setEnforceReferentialIntegrityOnWrite(integrity);
        settings.setEnforceReferentialIntegrityOnDelete(integrity);
        settings.setAllowExternalReferences(true);
        settings.setAllowMultipleDelete(true);
        return settings;
    }

    @Bean
    public PartitionSettings partitionSettings() {
        return new PartitionSettings();
    }

    @Bean
    public SubscriptionSettings subscriptionSettings() {
        return new SubscriptionSettings(); // no channel listed: subscriptions stay off
    }

    @Bean
    public IEmailSender emailSender() {
        return details -> {}; // SubscriptionProcessorConfig insists on one
    }

    @Bean(destroyMethod = "close")
    public DataSource dataSource() {
        BasicDataSource pool = new BasicDataSource();
        pool.setDriverClassName("org.h2.Driver");
        pool.setUrl("jdbc:h2:mem:hapi;DB_CLOSE_DELAY=-1");
        pool.setUsername("sa");
        pool.setPassword("");
        // a nested transaction takes a second connection: stay above the number of threads
        pool.setMaxTotal(300);
        pool.setMaxIdle(50);
        pool.setMaxWait(Duration.ofSeconds(30));
        return pool;
    }

    @Bean
    public LocalContainerEntityManagerFactoryBean entityManagerFactory(
            ConfigurableListableBeanFactory beans, FhirContext fhir, JpaStorageSettings settings, DataSource data) {
        LocalContainerEntityManagerFactoryBean factory =
                HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
        factory.setPersistenceUnitName("HAPI_PU");
        factory.setDataSource(data);
        factory.setJpaProperties(hibernate());
        return factory;
    }

    private static Properties hibernate() {
        Properties properties = new Properties();
        properties.put("hibernate.dialect", HapiFhirH2Dialect.class.getName());
        properties.put("hibernate.hbm2ddl.auto", "update"); // creates the tables in the empty H2
        properties.put("hibernate.jdbc.batch_size", "20");
        properties.put("hibernate.cache.use_query_cache", "false");
        properties.put("hibernate.cache.use_second_level_cache", "false");
        properties.put("hibernate.search.enabled", "false"); // only _text and _content need Lucene
        return properties;
    }

    @Bean
    @Primary
    public JpaTransactionManager transactionManager(EntityManagerFactory factory) {
        return new JpaTransactionManager(factory);
    }
}
