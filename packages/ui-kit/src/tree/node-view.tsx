import { UI_COMPONENTS, type UiComponentType, type UiNode } from '@imperal/contract/ui'
import { type ComponentType, use } from 'react'
import { LevelContext, useTree } from '../host/context.ts'
import { NodeBoundary } from './boundary.tsx'
import { ViewsContext } from './view.ts'

/** Components that reach the pane's edges themselves; everything else is moved in to the common left edge (ui 4.10). */
const EDGE_TO_EDGE = new Set([
  'Stack',
  'Grid',
  'Page',
  'Section',
  'Tabs',
  'Accordion',
  'List',
  'Dialog',
  'Modal',
  'SlideOver',
  'Toast',
])

/** Draws one parsed node inside its own error boundary. */
export function NodeView({ node }: { readonly node: UiNode }) {
  const { host } = useTree()
  const level = use(LevelContext)
  const views = use(ViewsContext)
  if (!Object.hasOwn(UI_COMPONENTS, node.type) || views === null) {
    return host.development ? <div className="im-unknown">{String(node.props.name ?? node.type)}</div> : null
  }
  const type = node.type as UiComponentType // a key of the table by the check above
  const View = views[type] as ComponentType<{ node: UiNode; props: UiNode['props'] }> // the parser made the props by the same table
  const drawn = (
    <NodeBoundary type={type} appId={host.appId}>
      <View node={node} props={node.props} />
    </NodeBoundary>
  )
  return level === 'pane' && !EDGE_TO_EDGE.has(type) ? <div className="im-inset">{drawn}</div> : drawn
}

/** Draws a list of nodes; a node keeps its state while its reset token stays the same. */
export function Nodes({ nodes }: { readonly nodes: readonly UiNode[] }) {
  return nodes.map((node) => <NodeView key={node.resetToken} node={node} />)
}

/** Draws nodes inside something that has its own padding. */
export function InnerNodes({ nodes }: { readonly nodes: readonly UiNode[] }) {
  return (
    <LevelContext value="inner">
      <Nodes nodes={nodes} />
    </LevelContext>
  )
}
