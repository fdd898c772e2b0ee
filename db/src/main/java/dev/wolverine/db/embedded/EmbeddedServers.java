package dev.wolverine.db.embedded;

import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Starts the servers of one data directory. Each server belongs to the caller, who closes it before
 * the directory.
 *
 * @param directory taken by this platform
 * @param programsDirectory where the servers' programs are unpacked, shared by all platforms of a
 *     user
 */
public record EmbeddedServers(DataDirectory directory, Path programsDirectory) {

    /**
     * Where programs are unpacked unless said otherwise: `/var/cache/wolverine` for root, whose
     * home is closed to the account that runs the servers, else `~/.cache/wolverine`.
     */
    public static Path usualProgramsDirectory() {
        return ProgramCache.usualDirectory();
    }

    /**
     * Says as whom servers below a directory would run, in a few words.
     *
     * @throws EmbeddedServerException if there is nobody they could run as
     */
    public static String account(Path directory) {
        return ServiceAccount.forServersIn(directory).toString();
    }

    /**
     * Starts PostgreSQL, and returns when it serves; after a crash that may take minutes.
     *
     * @param onReady told the process id now and after each restart; must not block
     * @throws EmbeddedServerException if it cannot run here
     */
    public PostgresServer startPostgres(PostgresProfile profile, LongConsumer onReady) {
        return PostgresServer.start(
                directory, new ProgramCache(programsDirectory), profile, onReady);
    }

    /**
     * Starts Redis, and returns when it serves.
     *
     * @param maxMemoryMb what it may hold, MiB
     * @param onReady told the process id now and after each restart; must not block
     * @throws EmbeddedServerException if it cannot run here
     */
    public RedisServer startRedis(int maxMemoryMb, LongConsumer onReady) {
        return RedisServer.start(
                directory, new ProgramCache(programsDirectory), maxMemoryMb, onReady);
    }
}
