import {
  type LaterPart,
  laterPart,
  preloadLayers,
  preloadMarkdown,
  preloadViews,
  type SchemaFormProps,
  Spinner,
  type UiTreeProps,
} from '@imperal/ui-kit'
import { type ComponentType, useEffect } from 'react'
import { createStore } from '../data/store.ts'
import type { ChatPaneProps } from './chat/chat-pane.tsx'
import type { FoundProps } from './chat/found-conversations.tsx'
import type { OpenQuestionProps } from './open-question.tsx'

/** Whether a tree of an app has stood on the page since it was loaded. */
export const treeDrawn = createStore(false)

function told(Tree: ComponentType<UiTreeProps>): ComponentType<UiTreeProps> {
  return function DrawnTree(props) {
    // A boundary shows what it waited for up to a third of a second after the code is there; only then this runs.
    useEffect(() => treeDrawn.set(true), [])
    return <Tree {...props} />
  }
}

/** Draws the tree of an app. The components are no part of the first load: the frame of the shell comes before them. */
export const UiTree: LaterPart<UiTreeProps> = laterPart(
  async () => told((await import('@imperal/ui-kit/tree')).UiTree),
  () => <div aria-busy className="im-lazy" />,
)

/** The chat. Its code comes beside the answers that it shows; the frame of the shell stands before. */
export const ChatPane: LaterPart<ChatPaneProps> = laterPart(
  async () => (await import('./chat/chat-pane.tsx')).ChatPane,
  ({ hidden }) => <section className="chat" aria-busy hidden={hidden} />,
)

/** The host's question, above everything. */
export const OpenQuestion: LaterPart<OpenQuestionProps> = laterPart(
  async () => (await import('./open-question.tsx')).OpenQuestion,
)

/** Earlier conversations, below their button. */
export const FoundConversations: LaterPart<FoundProps> = laterPart(
  async () => (await import('./chat/found-conversations.tsx')).FoundConversations,
  () => <Spinner size={16} />,
)

/** A form from a JSON Schema, in a chunk of its own. */
export const SchemaForm: LaterPart<SchemaFormProps> = laterPart(
  async () => (await import('@imperal/ui-kit/schema-form')).SchemaForm,
)

/** Fetches what draws panels and the chat while their contents are still on the way; never rejects. */
export async function preloadParts(): Promise<void> {
  // Offline or redeployed: drawing the first of them tries again, and says so if it fails.
  await Promise.allSettled([ChatPane, UiTree].map((part) => part.preload()))
}

/** Fetches what people open sooner or later, and nobody needs to see and use the first panel; never rejects. */
export async function preloadRest(): Promise<void> {
  preloadMarkdown()
  const parts = [OpenQuestion, FoundConversations].map((part) => part.preload())
  await Promise.allSettled([preloadLayers(), preloadViews(), ...parts]) // as above
}
