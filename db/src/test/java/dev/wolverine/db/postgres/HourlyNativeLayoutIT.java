package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.model.StorageLayout;
import org.jspecify.annotations.NullUnmarked;

@NullUnmarked
class HourlyNativeLayoutIT extends TableLayoutContract {

    HourlyNativeLayoutIT() {
        super(
                StorageConfig.Layout.NATIVE,
                StorageConfig.Partitions.HOUR,
                StorageLayout.Kind.NATIVE);
    }
}
