interface NodeModules {
  'node:fs': typeof import('node:fs')
  'node:path': typeof import('node:path')
}

/**
 * A module of Node, or undefined where there is none. Not an import: the package root must load in extension hosts and
 * bundle for every platform.
 */
export function nodeModule<N extends keyof NodeModules>(name: N): NodeModules[N] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  return process?.getBuiltinModule?.(name) as NodeModules[N] | undefined
}
