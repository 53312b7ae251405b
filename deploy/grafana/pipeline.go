package grafana

// query is one of Prometheus, and how its lines are called.
type query struct{ expr, legend string }

// prometheusChart is a chart over time of Prometheus' answers.
func prometheusChart(title, description string, value column, queries ...query) *Panel {
	p := newPanel("timeseries", title, description, prometheus)
	for i, q := range queries {
		p.Targets = append(p.Targets, Target{
			RefID: string(rune('A' + i)), Datasource: prometheus, Expr: q.expr, LegendFormat: q.legend, EditorMode: "code", Range: true,
		})
	}
	return chart(p, look{value: value, style: "line"})
}

// now is a row of numbers of Prometheus' latest answers.
func now(title, description string, value column, q query) *Panel {
	p := newPanel("stat", title, description, prometheus, Target{
		RefID: "A", Datasource: prometheus, Expr: q.expr, LegendFormat: q.legend, EditorMode: "code", Instant: true,
	})
	decimals, thresholds := value.decimals, value.colors
	if thresholds == nil {
		thresholds = noColors
	}
	p.FieldConfig.Defaults = Defaults{Unit: value.unit, Decimals: &decimals, Thresholds: thresholds, Color: &Color{Mode: "thresholds"}}
	p.Options = statOptions()
	return p
}

func pipeline() *Dashboard {
	rate := func(metric, by string) string {
		return "sum by (" + by + ") (rate(" + metric + `{instance=~"$instance"}[$__rate_interval]))`
	}
	quantile := func(q, metric, by string) string {
		return "histogram_quantile(" + q + ", sum by (" + by + ") (rate(" + metric + `_bucket{instance=~"$instance"}[$__rate_interval])))`
	}
	mine := func(metric string) string { return metric + `{instance=~"$instance"}` }
	aSecond := column{title: "a second", unit: "cps", decimals: 1, min: number(0)}
	seconds := column{title: "Seconds", unit: "s", decimals: 2, min: number(0)}
	records := column{unit: "short", min: number(0)}
	bad := column{unit: "short", colors: steps("green", from(1, "red"))}
	return dashboard("pipeline", "Pipeline", "Whether feedback flows: rates, lag, latency, what was rejected, and what it costs. From Prometheus.", "1h",
		[]Variable{{
			Name: "instance", Label: "Instance", Description: "Process of earshot", Type: "query", Datasource: &prometheus,
			Query:   "label_values(earshot_analysis_info, instance)",
			Refresh: 2, IncludeAll: true, AllValue: ".*", Sort: 1, Current: &Option{true, "All", "$__all"},
		}},
		[]*Panel{
			now("Lag", "Records that wait to be read, in all partitions", column{unit: "short", colors: steps("green", from(10_000, "yellow"), from(100_000, "red"))}, query{"sum(max by (topic, partition) (" + mine("earshot_consumer_lag_records") + "))", "records"}).size(4, 5),
			now("Visible after", "99 % of rows could be read this long after their record was written to Kafka, in the last minutes", column{unit: "s", decimals: 1, colors: steps("green", from(5, "yellow"), from(60, "red"))}, query{quantile("0.99", "earshot_end_to_end_latency_seconds", "le"), "p99"}).size(4, 5),
			now("Open dead letters", "Records that are neither rows nor given up; `earshot replay --dead-letters` brings them back", bad, query{"sum(max by (reason) (" + mine("earshot_dead_letters_open") + "))", "open"}).size(4, 5),
			now("Lost to retention", "Records that were deleted from Kafka before they were read; anything but 0 is a loss", bad, query{"sum(increase(" + mine("earshot_records_lost_total") + "[$__range]))", "lost"}).size(4, 5),
			now("Taxonomy", "0: the files of the taxonomy can't be read, and the last good one is in use", column{unit: "none", colors: steps("red", from(1, "green"))}, query{"min(" + mine("earshot_taxonomy_last_reload_successful") + ")", "in use"}).size(4, 5),
			now("Hears by", "Which tier hears, and its model; the number is how many processes use it", column{unit: "none"}, query{"sum by (tier, model) (" + mine("earshot_analysis_info") + ")", "{{tier}}: {{model}}"}).size(4, 5),
		},
		[]*Panel{
			prometheusChart("Records read", "Records fetched from Kafka a second by topic, redeliveries included", aSecond, query{rate("earshot_records_consumed_total", "topic"), "{{topic}}"}).size(8, 9),
			prometheusChart("Rows written", "Rows that ClickHouse has acknowledged a second, rewrites included", aSecond, query{rate("earshot_rows_written_total", "table"), "{{table}}"}).size(8, 9),
			prometheusChart("Rejected", "Records that became dead letters, a second by reason", aSecond, query{rate("earshot_records_rejected_total", "reason"), "{{reason}}"}).size(8, 9),
		},
		[]*Panel{
			prometheusChart("Lag by topic", "Records between the committed offset and the end of the topic", records, query{"sum by (topic) (max by (topic, partition) (" + mine("earshot_consumer_lag_records") + "))", "{{topic}}"}).size(8, 9),
			prometheusChart("From Kafka to row", "Time from the Kafka timestamp of a record to the acknowledgement of its row", seconds,
				query{quantile("0.5", "earshot_end_to_end_latency_seconds", "le"), "median"}, query{quantile("0.95", "earshot_end_to_end_latency_seconds", "le"), "95 %"}, query{quantile("0.99", "earshot_end_to_end_latency_seconds", "le"), "99 %"}).size(8, 9),
			prometheusChart("Stages", "95 % of batches take less than this in each stage; decode, redact and analyse as the time of all cores", seconds, query{quantile("0.95", "earshot_stage_duration_seconds", "le, stage"), "{{stage}}"}).size(8, 9),
		},
		[]*Panel{
			prometheusChart("Dead letters", "Open dead letters by the reason of their last rejection", records, query{"max by (reason) (" + mine("earshot_dead_letters_open") + ")", "{{reason}}"}).size(6, 9),
			prometheusChart("Failures", "Commits that failed and are tried again, and reloads of the taxonomy that failed, a second", aSecond,
				query{"sum(rate(" + mine("earshot_commit_failures_total") + "[$__rate_interval]))", "commits"}, query{`sum(rate(earshot_taxonomy_reloads_total{instance=~"$instance", result="failed"}[$__rate_interval]))`, "reloads"}).size(6, 9),
			prometheusChart("Net sentiment of the last hours", "Of items as a whole, in the current and the last hour, by channel; the mean over stages", column{title: "Net sentiment", unit: "none", decimals: 1, min: number(-100), max: number(100)},
				query{`avg by (channel) (earshot_net_sentiment{instance=~"$instance", topic=""})`, "{{channel}}"}).size(6, 9),
			prometheusChart("Sampled for phrases", "Items of the sample that were read for emerging phrases, a second", aSecond, query{"sum(rate(" + mine("earshot_phrases_items_read_total") + "[$__rate_interval]))", "items"}).size(6, 9),
		},
		[]*Panel{
			prometheusChart("Memory", "Resident memory of each process", column{unit: "bytes", min: number(0)}, query{mine("process_resident_memory_bytes"), "{{instance}}"}).size(12, 8),
			prometheusChart("Processor", "Cores in use by each process", column{unit: "none", decimals: 2, min: number(0)}, query{"rate(" + mine("process_cpu_seconds_total") + "[$__rate_interval])", "{{instance}}"}).size(12, 8),
		},
	)
}
