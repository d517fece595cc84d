import type { UrlRules } from '@imperal/contract/ui'
import { lazy, Suspense } from 'react'

export interface MarkdownProps {
  readonly content: string
  /** Goes to a path of the shell; without it such links load the page anew. */
  readonly onNavigate?: ((path: string) => void) | undefined
  /** Text that is still arriving: an unfinished fence or table stays plain. */
  readonly streaming?: boolean
  /** Levels by which headings are moved down. */
  readonly headingOffset?: number
  readonly rules?: UrlRules
}

const loadBody = () => import('./markdown-body.tsx')
const Body = lazy(async () => ({ default: (await loadBody()).MarkdownBody }))

/** Fetches what draws Markdown ahead of its first use, so that the first answer of a chat appears formatted. */
export function preloadMarkdown(): void {
  loadBody().catch(() => undefined) // offline or redeployed: the first use tries again and shows plain text meanwhile
}

/**
 * CommonMark with tables, task lists and callouts. HTML in it is shown as text; URLs pass the same rules as in trees.
 * What draws it arrives in a chunk of its own; until then the text stands there as it is.
 */
export function Markdown(props: MarkdownProps) {
  return (
    <Suspense
      fallback={
        <div aria-busy className="im-markdown" dir="auto">
          <p className="im-markdown-plain">{props.content}</p>
        </div>
      }
    >
      <Body {...props} />
    </Suspense>
  )
}
