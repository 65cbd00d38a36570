// A real Neo4j Community database behind a Bolt port, without Docker and without an installation.
//
// genealogy/stores/server.py runs it as `java Neo4jServer.java FOLDER PORT PAGE_CACHE`. It keeps its data in FOLDER,
// listens on 127.0.0.1 only, prints `bolt://127.0.0.1:PORT` when it is ready, and lives until its standard input
// closes: when the process that started it ends, however it ends, the server shuts down cleanly after it.
// The environment variable NEO4J_PASSWORD, when set, turns authentication on for the user `neo4j`.

import java.nio.file.Path;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseInternalSettings;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.HttpConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

class Neo4jServer {
    public static void main(String[] args) throws Exception {
        var folder = Path.of(args[0]);
        var address = new SocketAddress("127.0.0.1", Integer.parseInt(args[1]));
        var password = System.getenv("NEO4J_PASSWORD");

        var service = new DatabaseManagementServiceBuilder(folder)
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, address)
                .setConfig(BoltConnector.advertised_address, address)
                .setConfig(HttpConnector.enabled, false)
                .setConfig(GraphDatabaseSettings.auth_enabled, password != null)
                .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.parse(args[2]))
                .setConfig(GraphDatabaseSettings.udc_enabled, false) // nothing calls out
                .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false) // half a gigabyte when empty
                .setConfig(GraphDatabaseSettings.keep_logical_logs, "200M size")
                // the port need not wait ten seconds for more to come when we stop
                .setConfig(GraphDatabaseInternalSettings.netty_server_shutdown_quiet_period, 0)
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
        if (password != null) {
            service.database("system").executeTransactionally(
                    "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", Map.of("password", password));
        }
        System.out.println("bolt://" + address);
        while (System.in.read() != -1) {
            // wait for the end of standard input
        }
        System.exit(0);
    }
}
