import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react'

/** A component whose code is not there from the start. */
export interface LaterPart<P extends object> {
  (props: P): ReactNode
  /** Fetches the code before the first drawing. Rejects when it cannot be fetched, as offline; the next call tries again. */
  readonly preload: () => Promise<void>
}

/**
 * A component whose code is fetched by its first drawing, or before by `preload`. `waiting` stands in its place until the
 * code is there; what is drawn after that comes at once, without a frame of `waiting`.
 */
export function laterPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  waiting: (props: P) => ReactNode = () => null,
): LaterPart<P> {
  let there: ComponentType<P> | null = null
  let coming: ComponentType<P>
  const fetch = async () => {
    there ??= await load()
    return there
  }
  // A lazy component keeps its failure; the next drawing, as after "Try again", needs another one.
  const prepare = () => {
    const failed = (error: unknown) => {
      prepare()
      throw error
    }
    const arrive = () => fetch().catch(failed)
    coming = lazy(async () => ({ default: await arrive() })) as unknown as ComponentType<P> // lazy hides the props of a generic one
  }
  prepare()
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, when its module is read
  function Later(props: P) {
    // Drawn while the code was on its way, it stays the same component, so that nothing below is mounted anew.
    const [Part] = useState(() => there ?? coming)
    return (
      <Suspense fallback={waiting(props)}>
        <Part {...props} />
      </Suspense>
    )
  }
  return Object.assign(Later, { preload: async () => void (await fetch()) })
}
