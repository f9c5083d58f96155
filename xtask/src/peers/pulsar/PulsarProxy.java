import org.apache.pulsar.broker.authentication.AuthenticationService;
import org.apache.pulsar.client.impl.auth.AuthenticationDisabled;
import org.apache.pulsar.common.configuration.PulsarConfigurationLoader;
import org.apache.pulsar.proxy.server.ProxyConfiguration;
import org.apache.pulsar.proxy.server.ProxyService;

/**
 * Pulsar's proxy of the binary protocol. Its own main program starts a web server too, for which the broker's jars, on
 * which it runs where its own are not published, are too new.
 */
public final class PulsarProxy {
    public static void main(String[] arguments) throws Exception {
        ProxyConfiguration configuration = PulsarConfigurationLoader.create(arguments[0], ProxyConfiguration.class);
        AuthenticationService authentication =
                new AuthenticationService(PulsarConfigurationLoader.convertFrom(configuration));
        new ProxyService(configuration, authentication, new AuthenticationDisabled()).start();
    }
}
