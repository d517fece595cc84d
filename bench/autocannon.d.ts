/** The part of the load generator that the measurements use; the package brings no types. */
declare module 'autocannon' {
  interface Result {
    readonly requests: { readonly average: number; readonly total: number }
    readonly latency: { readonly p50: number; readonly p99: number }
    readonly non2xx: number
    readonly errors: number
  }
  export default function autocannon(options: {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    readonly requests?: readonly {
      readonly method: 'POST'
      readonly path: string
      readonly headers: Record<string, string>
      readonly body: string
    }[]
  }): Promise<Result>
}
