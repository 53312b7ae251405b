package dashboard

import "time"

const pipelinePath = "/pipeline"

func pipelineSheet() *sheet {
	return &sheet{
		path: pipelinePath, name: "Pipeline", file: "pipeline.html", usual: usualWindow(pipelinePath), refresh: 2 * time.Second,
		fragments: []string{"figures", "pipeline", "deadletters"}, model: pipelineModel,
	}
}

// pipelinePage says how the pipeline is doing.
type pipelinePage struct {
	frame
	Figures     []figure
	Pipeline    *pipelineState // nil: no pipeline here
	DeadLetters deadLetterState
}

func pipelineModel(v *visit) framed {
	letters := fetch(v, "dead letters", v.dashboard.store.openLetters)
	live := v.fetchLive()
	v.wait()

	p := &pipelinePage{frame: frame{Title: "Pipeline", Class: "pipeline"}, DeadLetters: newDeadLetterState(*letters, live, v.now)}
	if live != nil {
		p.Pipeline = newPipelineState(*live)
		p.Problem = p.Pipeline.Err
		p.Figures = []figure{
			{Name: "Waiting in Kafka", Value: p.Pipeline.Waiting, Note: p.Pipeline.WaitingNote},
			{Name: "Read", Value: p.Pipeline.Consumed, Note: "records since the start"},
			{Name: "Written", Value: p.Pipeline.Rows, Note: "rows since the start"},
		}
	}
	p.Figures = append(p.Figures, figure{Name: "Dead letters", Value: p.DeadLetters.Count, Note: p.DeadLetters.Note})
	return p
}
