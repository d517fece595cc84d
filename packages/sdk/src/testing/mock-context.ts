import { buildContext } from '../context/build.ts'
import { runtimeOfCall } from '../port/create-port.ts'
import type { MemoryKernel } from './memory-kernel.ts'
import type { ContextByKind, MockContextOptions, MockControls, MockKind } from './mock-types.ts'
import { callOf, controlsOf, createKernel, declarationsOf, ownerOf } from './setup.ts'

/**
 * The context of a handler kind over a kernel in memory, and `ctx.mock` to prepare it and to see what happened.
 * No network, no files, and a clock that stands still until `advance`.
 */
export function mockContext<K extends MockKind = 'function'>(
  options: MockContextOptions<K> = {},
): ContextByKind[K] & { readonly mock: MockControls } {
  const kernel = createKernel(options)
  const ctx = mockContextOn(kernel, options)
  const kind: MockKind = options.kind ?? 'function'
  return Object.defineProperty(ctx, 'mock', {
    value: controlsOf(kernel, ownerOf(options, kind), kind),
  }) as ContextByKind[K] & {
    readonly mock: MockControls
  }
}

/** A context over a kernel that others use too. */
export function mockContextOn<K extends MockKind>(
  kernel: MemoryKernel,
  options: MockContextOptions<K>,
): ContextByKind[K] {
  const kind: MockKind = options.kind ?? 'function'
  const call = callOf(kernel, options, { kind, name: 'test', params: {} })
  const declared = { contextDeclarations: declarationsOf(options) }
  const port = kernel.portFor(ownerOf(options, kind))
  return buildContext<ContextByKind[K]>(
    runtimeOfCall(declared, call, port, { now: kernel.clock.now, strictResults: true }),
  )
}
