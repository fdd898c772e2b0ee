package dev.wolverine.web.live;

import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** For who wants events alone. */
final class NoRows implements Rows {

    @Override
    public Optional<Beginning> begin() {
        return Optional.of(new Beginning(0, List.of(), null));
    }

    @Override
    public void changesInto(Deque<Step> steps) {}
}
