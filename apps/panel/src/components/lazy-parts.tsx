import type { UiTreeProps } from '@imperal/ui-kit'
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import type { ChatPaneProps } from './chat/chat-pane.tsx'

const loadTree = () => import('@imperal/ui-kit/tree')
const loadChatPane = () => import('./chat/chat-pane.tsx')
const Tree = lazy(async () => ({ default: (await loadTree()).UiTree }))
const Chat = lazy(async () => ({ default: (await loadChatPane()).ChatPane }))
const Form = lazy(async () => ({ default: (await import('@imperal/ui-kit/schema-form')).SchemaForm }))

/** Fetches what draws panels and the chat while their contents are still on the way. */
export function preloadParts(): void {
  // Offline or redeployed: drawing the first of them tries again, and says so if it fails.
  for (const load of [loadChatPane, loadTree]) load().catch(() => undefined)
}

const later = <P extends object>(Part: ComponentType<P>, waiting: ReactNode = null) =>
  function Later(props: P) {
    return (
      <Suspense fallback={waiting}>
        <Part {...props} />
      </Suspense>
    )
  }

/** Draws the tree of an app. The components are no part of the first load: the frame of the shell comes before them. */
export const UiTree: ComponentType<UiTreeProps> = later<UiTreeProps>(Tree, <div aria-busy className="im-lazy" />)

/** A form from a JSON Schema, in a chunk of its own. */
export const SchemaForm: typeof import('@imperal/ui-kit').SchemaForm = later(Form)

/** The chat. Its code comes beside the answers that it shows; the frame of the shell stands before. */
export function ChatPane(props: ChatPaneProps) {
  return (
    <Suspense fallback={<section className="chat" aria-busy hidden={props.hidden} />}>
      <Chat {...props} />
    </Suspense>
  )
}
