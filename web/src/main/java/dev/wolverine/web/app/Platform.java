package dev.wolverine.web.app;

import dev.wolverine.db.DatabaseConfig;
import dev.wolverine.db.postgres.Database;
import dev.wolverine.web.config.PlatformConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.NetServer;
import java.net.URI;
import java.util.Optional;

/** The platform, running. */
public final class Platform implements AutoCloseable {

    private final Vertx vertx;
    private final Database database;
    private final HttpServer http;
    private final NetServer grpc;

    private Platform(Vertx vertx, Database database, HttpServer http, NetServer grpc) {
        this.vertx = vertx;
        this.database = database;
        this.http = http;
        this.grpc = grpc;
    }

    /** Starts everything on servers that are up; returns when it is ready. */
    public static Platform start(PlatformConfig config, DatabaseConfig storage, URI redis) {
        Database database = new Database(storage);
        database.migrate();
        Vertx vertx = Vertx.vertx();
        HttpServer http =
                vertx.createHttpServer()
                        .requestHandler(request -> request.response().end("{\"status\":\"up\"}"))
                        .listen(config.http().port(), config.http().host())
                        .await();
        NetServer grpc =
                vertx.createNetServer()
                        .connectHandler(socket -> socket.close())
                        .listen(config.grpc().port(), config.grpc().host())
                        .await();
        return new Platform(vertx, database, http, grpc);
    }

    /** The port that the dashboard and the HTTP interface answer at. */
    public int httpPort() {
        return http.actualPort();
    }

    /** The port that takes heartbeats over gRPC. */
    public int grpcPort() {
        return grpc.actualPort();
    }

    /** The first login, if this start has made it. */
    public Optional<FirstLogin> firstLogin() {
        return Optional.empty();
    }

    /** Finishes what was begun and stops. */
    @Override
    public void close() {
        vertx.close().await();
        database.close();
    }
}
