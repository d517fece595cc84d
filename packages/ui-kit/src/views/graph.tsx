import { GRAPH_LAYOUTS } from '@imperal/contract/ui'
import { useAct } from '../host/use-act.ts'
import { Graph } from '../parts/graph/graph.tsx'
import { InlineError } from '../parts/states.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

export function GraphView({ node, props }: ViewProps<'Graph'>) {
  const act = useAct(node.path)
  const action = props.on_node_click
  if (props.nodes.length === 0) {
    return (
      <div role="status" className="im-chart-empty">
        {say('Empty graph')}
      </div>
    )
  }
  return (
    <>
      <Graph
        nodes={props.nodes}
        edges={props.edges}
        layout={props.layout}
        layouts={GRAPH_LAYOUTS}
        height={props.height}
        sizes={[props.min_node_size, props.max_node_size]}
        edgeLabels={props.edge_label_visible}
        colorBy={props.color_by}
        title={props.title}
        description={props.description}
        animate={props.animate}
        busy={act.pending}
        onNode={action === null ? undefined : (id) => void act.run(action, { node_id: id })}
      />
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </>
  )
}
