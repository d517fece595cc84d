import { parseUiTree, type UiConfirmation } from '@imperal/contract/ui'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { LevelContext, TreeContext, type TreeScope } from '../host/context.ts'
import type { UiHost } from '../host/ui-host.ts'
import { ConfirmDialog } from '../parts/dialog.tsx'
import { ErrorState } from '../parts/states.tsx'
import { VIEWS } from '../views/index.ts'
import { say } from '../words.ts'
import { NodeView } from './node-view.tsx'
import { ViewsContext } from './view.ts'

export interface UiTreeProps {
  /** The wire tree, from anybody. */
  readonly node: unknown
  readonly host: UiHost
  /** True in a pane: children get the common left edge, lists run edge to edge. False inside something padded. */
  readonly inset?: boolean
  /** Edit state resets when this changes; pass the panel's params. */
  readonly editKey?: string
  /** Overlays that were closed open again when this changes. */
  readonly openKey?: string
  /** Levels by which headings are moved down. */
  readonly headingOffset?: number
}

/** Draws a tree of UI nodes. Whatever the tree holds, this renders something harmless and never throws. */
export function UiTree({ node, host, inset = true, editKey = '', openKey = '', headingOffset = 0 }: UiTreeProps) {
  const { development, publicPaths, report } = host
  const parsed = useMemo(() => parseUiTree(node, { development, publicPaths }), [node, development, publicPaths])
  const { request, ask, answer } = useQuestions(host)
  const scope: TreeScope = useMemo(
    () => ({ host, editKey, openKey, headingOffset, confirm: ask }),
    [host, editKey, openKey, headingOffset, ask],
  )
  useEffect(() => {
    if (parsed.notes.length > 0) report?.(parsed.notes)
  }, [parsed, report])
  if (parsed.node === null) {
    return <ErrorState className="im-inset" message={say('This panel could not be displayed')} />
  }
  return (
    <TreeContext value={scope}>
      <ViewsContext value={VIEWS}>
        <LevelContext value={inset ? 'pane' : 'inner'}>
          <div className="im-tree" data-inset={inset}>
            <NodeView key={parsed.node.resetToken} node={parsed.node} />
          </div>
        </LevelContext>
      </ViewsContext>
      <ConfirmDialog request={request} owner={host.appName} container={host.overlayContainer} onAnswer={answer} />
    </TreeContext>
  )
}

interface Question {
  readonly request: UiConfirmation
  readonly resolve: (accepted: boolean) => void
}

/** One question at a time; a second one while the first is open counts as declined. */
function useQuestions(host: UiHost) {
  const [question, setQuestion] = useState<Question | null>(null)
  const own = host.confirm
  const ask = useCallback(
    (request: UiConfirmation) => {
      if (own !== undefined) return own(request)
      return new Promise<boolean>((resolve) => {
        setQuestion((current) => {
          current?.resolve(false)
          return { request, resolve }
        })
      })
    },
    [own],
  )
  const answer = (accepted: boolean) => {
    question?.resolve(accepted)
    setQuestion(null)
  }
  return { request: question?.request ?? null, ask, answer }
}
