package dev.wolverine.alerts.expression;

import java.time.Duration;
import java.util.List;

/** The beats of one server up to a moment. */
public interface Samples {

    /** A window is at most so long. */
    Duration LONGEST = Duration.ofHours(24);

    /** Those of the last so long, oldest first, the newest included. */
    List<Sample> over(Duration window);
}
