package dev.wolverine.ingest;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/**
 * How full the heap is, bytes.
 *
 * @param used now, with what is no longer needed
 * @param usedAfterCollection what the last collection of each pool left
 * @param max what there may ever be; not positive where there is no limit
 */
public record HeapReading(long used, long usedAfterCollection, long max) {

    /** Of this process; takes microseconds. */
    public static HeapReading now() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long afterCollection = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage =
                    pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            if (usage != null) {
                afterCollection += usage.getUsed();
            }
        }
        return new HeapReading(heap.getUsed(), afterCollection, heap.getMax());
    }
}
