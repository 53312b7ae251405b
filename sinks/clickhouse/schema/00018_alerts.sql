-- What was noticed and told. An alert is one row, which is written anew while what it says evolves; what was delivered of it
-- is kept apart, so that a process that starts again knows what it still owes to whom.
CREATE TABLE IF NOT EXISTS alert_store
(
    id            String COMMENT 'As in alerts',
    incident      String COMMENT 'As in alerts',
    kind          LowCardinality(String) COMMENT 'As in alerts',
    measure       LowCardinality(String) COMMENT 'As in alerts',
    series        String COMMENT 'As in alerts',
    channel       LowCardinality(String) COMMENT 'As in alerts',
    stage         LowCardinality(String) COMMENT 'As in alerts',
    topic         LowCardinality(String) COMMENT 'As in alerts',
    severity      LowCardinality(String) COMMENT 'As in alerts',
    since         DateTime64(3, 'UTC') COMMENT 'As in alerts',
    since_from    DateTime64(3, 'UTC') COMMENT 'As in alerts',
    since_to      DateTime64(3, 'UTC') COMMENT 'As in alerts',
    raised_at     DateTime64(3, 'UTC') COMMENT 'As in alerts',
    updated_at    DateTime64(3, 'UTC') COMMENT 'As in alerts; the latest of an alert counts',
    resolved_at   Nullable(DateTime64(3, 'UTC')) COMMENT 'As in alerts',
    expected      Float64 COMMENT 'As in alerts',
    expected_low  Float64 COMMENT 'As in alerts',
    expected_high Float64 COMMENT 'As in alerts',
    observed      Float64 COMMENT 'As in alerts',
    observed_low  Float64 COMMENT 'As in alerts',
    observed_high Float64 COMMENT 'As in alerts',
    items         UInt64 COMMENT 'As in alerts',
    p_value       Float64 COMMENT 'As in alerts',
    explanation   String COMMENT 'As in alerts',
    decomposition Array(Tuple(dimension String, value String, mix Float64, within Float64, before UInt64, after UInt64)) COMMENT 'As in alerts',
    rising        Array(Tuple(kind String, text String, share Float64, before Float64)) COMMENT 'As in alerts',
    quotes        Array(Tuple(source String, id String, quote String)) COMMENT 'As in alerts',
    url           String COMMENT 'As in alerts',
    owners        Array(String) COMMENT 'As in alerts'
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id
COMMENT 'Alerts as they were saved; read the view alerts';

CREATE OR REPLACE VIEW alerts
(
    id            String COMMENT 'Stays the same for as long as the alert lasts, and when records are heard again',
    incident      String COMMENT 'id of the alert that stands for all of the same cause; its own id: this one',
    kind          LowCardinality(String) COMMENT 'drop: a measure got worse; volume: far more feedback than usual; silence: none where there always was some; emergence: a phrase rises that no topic covers',
    measure       LowCardinality(String) COMMENT 'net_sentiment, negative_share, effort, churn_share, volume, silence or phrase',
    series        String COMMENT 'What was watched, for people',
    channel       LowCardinality(String) COMMENT 'Channel of the series; empty: all',
    stage         LowCardinality(String) COMMENT 'Journey stage of the series; empty: all',
    topic         LowCardinality(String) COMMENT 'Topic of the series; empty: items as a whole',
    severity      LowCardinality(String) COMMENT 'warning or critical',
    since         DateTime64(3, 'UTC') COMMENT 'Since when customers say it: the likeliest hour in which it began',
    since_from    DateTime64(3, 'UTC') COMMENT 'With since_to: the 90 % interval of since',
    since_to      DateTime64(3, 'UTC') COMMENT 'With since_from: the 90 % interval of since',
    raised_at     DateTime64(3, 'UTC') COMMENT 'Up to when feedback had to be heard to notice it',
    updated_at    DateTime64(3, 'UTC') COMMENT 'When the row was last computed',
    resolved_at   Nullable(DateTime64(3, 'UTC')) COMMENT 'Up to when feedback had to be heard to notice that it is over; NULL while it lasts',
    expected      Float64 COMMENT 'What would be usual since then: net sentiment -100 to +100, shares in percent, effort -1 to +1, volume and silence in items a day',
    expected_low  Float64 COMMENT 'With expected_high: the 90 % interval of expected',
    expected_high Float64 COMMENT 'With expected_low: the 90 % interval of expected',
    observed      Float64 COMMENT 'What was heard since then, in the unit of expected; of a customer who writes very often each item counts less',
    observed_low  Float64 COMMENT 'With observed_high: the 90 % interval of observed',
    observed_high Float64 COMMENT 'With observed_low: the 90 % interval of observed',
    items         UInt64 COMMENT 'Items of the series since then; of a topic, its mentions',
    p_value       Float64 COMMENT 'Probability of such strong evidence anywhere in the installation within a month, were nothing the matter',
    explanation   String COMMENT 'One paragraph for people',
    decomposition Array(Tuple(dimension String, value String, mix Float64, within Float64, before UInt64, after UInt64)) COMMENT 'What the change is made of: all mixes and withins of a dimension add up to observed minus expected, as the views show them. mix: by its share having changed; within: by itself having changed; before and after: items',
    rising        Array(Tuple(kind String, text String, share Float64, before Float64)) COMMENT 'Topics and phrases that are spoken of more than before: percent of the items of the series, since then and in the four weeks before',
    quotes        Array(Tuple(source String, id String, quote String)) COMMENT 'Three to five customers in their words, and the items they are from',
    url           String COMMENT 'The items behind it on the dashboard; empty: no address is known',
    owners        Array(String) COMMENT 'Who is to hear it, by the configuration'
)
AS SELECT
    id, incident, kind, measure, series, channel, stage, topic, severity, since, since_from, since_to, raised_at, updated_at, resolved_at,
    expected, expected_low, expected_high, observed, observed_low, observed_high, items, p_value, explanation, decomposition, rising, quotes, url, owners
FROM alert_store FINAL
ORDER BY raised_at DESC, id
COMMENT 'Every alert that was raised';

CREATE TABLE IF NOT EXISTS alert_delivery_store
(
    receiver     String COMMENT 'Name of the receiver, as in the configuration',
    notice       String COMMENT 'What was told: stable for one alert and one thing to say of it',
    delivered_at DateTime64(3, 'UTC') COMMENT 'When the receiver took it'
)
ENGINE = ReplacingMergeTree
ORDER BY (receiver, notice)
TTL toDateTime(delivered_at) + toIntervalDay(90)
COMMENT 'What receivers of alerts have taken';
