package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.model.StorageLayout;
import org.jspecify.annotations.NullUnmarked;

@NullUnmarked
class TimescaleLayoutIT extends TableLayoutContract {

    TimescaleLayoutIT() {
        super(
                StorageConfig.Layout.TIMESCALE,
                StorageConfig.Partitions.AUTO,
                StorageLayout.Kind.TIMESCALE);
    }
}
