import type { UiTreeProps } from '@imperal/ui-kit'
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'

const loadTree = () => import('@imperal/ui-kit/tree')
const Tree = lazy(async () => ({ default: (await loadTree()).UiTree }))
const Form = lazy(async () => ({ default: (await import('@imperal/ui-kit/schema-form')).SchemaForm }))

/** Fetches what draws panels while their trees are still on the way. */
export function preloadTrees(): void {
  loadTree().catch(() => undefined) // offline or redeployed: drawing the first tree tries again, and says so if it fails
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
