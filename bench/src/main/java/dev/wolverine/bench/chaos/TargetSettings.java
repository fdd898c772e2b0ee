package dev.wolverine.bench.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How the platform that suffers is started.
 *
 * @param launcher the script `platform`
 * @param directory its own, with room for its data
 * @param ownDisk whether nothing else suffers where its disk is full
 * @param arguments of `up`, beside its ports and directory
 * @param environment of its process, beside this one's
 * @param postgres lines of its `custom.conf`
 */
public record TargetSettings(
        Path launcher,
        Path directory,
        boolean ownDisk,
        List<String> arguments,
        Map<String, String> environment,
        List<String> postgres) {

    public TargetSettings {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        postgres = List.copyOf(postgres);
    }
}
