import { Component, type ErrorInfo, type ReactNode } from 'react'
import { say } from '../words.ts'

interface BoundaryProps {
  readonly type: string
  readonly appId: string
  readonly children: ReactNode
}

/** Keeps a crash inside one node; a new reset token gives the node another try, because it is the key (ui 1.5). */
export class NodeBoundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidCatch(error: Error, _info: ErrorInfo) {
    // Component and app only: a tree may hold anybody's data.
    console.error(`ui: ${this.props.type} of ${this.props.appId} failed to render (${error.name})`)
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <div role="alert" className="im-node-error">
        {say('This section failed to render')}
      </div>
    )
  }
}
