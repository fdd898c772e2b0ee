package dev.wolverine.web.app;

import dev.wolverine.alerts.notify.AlertActions;
import dev.wolverine.alerts.notify.ChannelRules;
import dev.wolverine.alerts.notify.ChannelTrial;
import dev.wolverine.alerts.notify.ChannelVault;
import dev.wolverine.alerts.notify.DeadMansSwitch;
import dev.wolverine.alerts.notify.EmailNotifier;
import dev.wolverine.alerts.notify.MailSettings;
import dev.wolverine.alerts.notify.Notifier;
import dev.wolverine.alerts.notify.Notifiers;
import dev.wolverine.alerts.notify.OutboxWorker;
import dev.wolverine.alerts.notify.PipelineAge;
import dev.wolverine.alerts.notify.RetrySchedule;
import dev.wolverine.alerts.notify.SecretBox;
import dev.wolverine.alerts.notify.SecretText;
import dev.wolverine.alerts.notify.SlackNotifier;
import dev.wolverine.alerts.notify.SlackWebhookNotifier;
import dev.wolverine.alerts.notify.WebhookNotifier;
import dev.wolverine.alerts.outbound.OutboundHttp;
import dev.wolverine.db.model.ChannelKind;
import dev.wolverine.db.postgres.ChannelStore;
import dev.wolverine.db.postgres.ClaimOutbox;
import dev.wolverine.db.postgres.FinishOutbox;
import dev.wolverine.db.postgres.ReplayDelivery;
import dev.wolverine.db.postgres.SelectOutboxLag;
import dev.wolverine.db.reader.ReaderPool;
import dev.wolverine.db.reader.SelectDeliveries;
import dev.wolverine.web.WebServer;
import dev.wolverine.web.config.PlatformConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** How people are told: from the outbox to the receivers, and who watches that. */
public final class NotificationParts implements AutoCloseable {

    /** By the published rule for webhooks: 2xx in 10 seconds is delivered. */
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration WATCHDOG_PERIOD = Duration.ofMinutes(1);
    private static final Duration LONGEST_LAG = Duration.ofMinutes(1);

    private final OpenParts parts = new OpenParts();
    private final DataSource writer;
    private final Clock clock;
    private final ChannelVault vault;
    private final ChannelRules rules;
    private final Notifiers notifiers;
    private final FinishOutbox finishes;
    private final List<PipelineAge> pipeline;
    private final OutboxWorker worker;
    private final Optional<DeadMansSwitch> watchdog;

    /**
     * @param key of the installation, 32 bytes
     * @param before the ages of what comes before the outbox
     */
    public NotificationParts(
            PlatformConfig.Notifications config,
            byte[] key,
            DataSource writer,
            List<PipelineAge> before,
            SecureRandom random,
            Clock clock,
            MeterRegistry registry) {
        this.writer = writer;
        this.clock = clock;
        OutboundHttp http =
                new OutboundHttp(
                        config.outbound(),
                        OutboundHttp.Resolver.ofMachine(),
                        HTTP_TIMEOUT,
                        Optional.empty(),
                        clock);
        vault = new ChannelVault(new SecretBox(key, random));
        Optional<MailSettings> mail = config.smtp().settings();
        rules = new ChannelRules(http, mail.isPresent(), random);
        Map<ChannelKind, Notifier> byKind = new EnumMap<>(ChannelKind.class);
        byKind.put(ChannelKind.SLACK, new SlackNotifier(http, config.slackApi()));
        byKind.put(ChannelKind.SLACK_WEBHOOK, new SlackWebhookNotifier(http));
        byKind.put(ChannelKind.WEBHOOK, new WebhookNotifier(http, clock));
        mail.ifPresent(settings ->
                byKind.put(ChannelKind.EMAIL, parts.add(new EmailNotifier(settings, clock))));
        notifiers = new Notifiers(vault, byKind);
        finishes = new FinishOutbox(writer);
        SelectOutboxLag lag = new SelectOutboxLag(writer, config.messagesPerMinute());
        pipeline = new ArrayList<>(before);
        pipeline.add(
                new PipelineAge(
                        "outbox", LONGEST_LAG, () -> Optional.of(lag.execute(clock.instant()))));
        worker =
                parts.add(
                        new OutboxWorker(
                                new ClaimOutbox(
                                        writer, config.messagesPerMinute(), OutboxWorker.LEASE),
                                finishes,
                                notifiers,
                                new RetrySchedule(random::nextDouble),
                                config.channelsAtOnce(),
                                clock,
                                registry));
        watchdog =
                config.watchdog()
                        .url()
                        .map(url ->
                                parts.add(
                                        new DeadMansSwitch(
                                                http,
                                                new SecretText(url.reveal()),
                                                pipeline,
                                                WATCHDOG_PERIOD,
                                                registry)));
    }

    public void start() {
        worker.start();
        watchdog.ifPresent(DeadMansSwitch::start);
    }

    /** Something was written to the outbox. */
    public void wake() {
        worker.wake();
    }

    /** What the interface works on. */
    public WebServer.Notifications forWeb(ReaderPool readers, AlertActions actions) {
        return new WebServer.Notifications(
                new ChannelStore(writer),
                rules,
                vault,
                new ChannelTrial(notifiers, finishes, clock),
                new SelectDeliveries(readers),
                new ReplayDelivery(writer),
                actions,
                pipeline);
    }

    @Override
    public void close() {
        parts.close();
    }
}
