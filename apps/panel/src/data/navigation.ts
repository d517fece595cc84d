export interface GoOptions {
  readonly replace?: boolean
  /** Kept with the entry of the history, not in the address. */
  readonly state?: Readonly<Record<string, unknown>>
}
type Go = (path: string, options?: GoOptions) => void

let target: Go = (path) => window.location.assign(path)

/** The router plugs itself in here, so that data does not have to know it. */
export function connectNavigation(go: Go): void {
  target = go
}

/** Goes to a path of the shell, with its query and fragment. */
export const go: Go = (path, options) => target(path, options)
