package dev.wolverine.db.postgres;

import dev.wolverine.db.StorageConfig;
import dev.wolverine.db.model.StorageLayout;
import org.jspecify.annotations.NullUnmarked;

@NullUnmarked
class NativeLayoutIT extends TableLayoutContract {

    NativeLayoutIT() {
        super(
                StorageConfig.Layout.NATIVE,
                StorageConfig.Partitions.AUTO,
                StorageLayout.Kind.NATIVE);
    }
}
