import { isBuiltin } from 'node:module'
import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild'

/** What to use instead, by module. */
const INSTEAD: Readonly<Record<string, string>> = {
  fs: '`ctx.storage` for files, `ctx.store` for data',
  'fs/promises': '`ctx.storage` for files, `ctx.store` for data',
  http: '`ctx.http`',
  https: '`ctx.http`',
  http2: '`ctx.http`',
  net: '`ctx.http`',
  tls: '`ctx.http`',
  dns: '`ctx.http`',
  crypto: 'the global `crypto` (Web Crypto)',
  buffer: '`Uint8Array`, `TextEncoder`, `atob` and `btoa`',
  url: 'the global `URL`',
  process: '`ctx.config` and `ctx.secrets`',
  events: 'the global `EventTarget`',
  timers: 'the global `setTimeout`',
  'timers/promises': 'the global `setTimeout`',
  stream: 'the global web streams',
  'stream/web': 'the global web streams',
  child_process: 'nothing: an extension starts no programs',
  worker_threads: '`ctx.backgroundTask`',
}

const RETRIED = Symbol('retried')

const packageOf = (file: string): string | undefined =>
  [...file.matchAll(/node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/g)].at(-1)?.[1]?.replaceAll('\\', '/')

/** A package may bear the name of a module of Node, such as `buffer`. */
async function resolvesToPackage(build: PluginBuild, { path, resolveDir, kind }: OnResolveArgs): Promise<boolean> {
  if (path.startsWith('node:')) return false
  const found = await build.resolve(path, { resolveDir, kind, pluginData: RETRIED })
  return found.errors.length === 0 && !found.external
}

function refusal({ path, importer }: OnResolveArgs) {
  const name = path.replace(/^node:/, '')
  const owner = packageOf(importer)
  const who = owner === undefined ? '' : ` by the package '${owner}'`
  const use = INSTEAD[name]
  const note =
    owner === undefined
      ? `Use ${use ?? 'what `ctx` and the web platform offer'} instead.`
      : `Choose a package that runs in browsers or workers instead of '${owner}'.`
  return {
    text: `'${path}' is imported${who}: it belongs to Node, and an extension runs without Node, files and processes`,
    notes: [{ text: note }],
  }
}

/** Refuses imports of Node's own modules with the name of who imports them and what to use instead. */
export const hostModules: Plugin = {
  name: 'host-modules',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async (args) => {
      if (args.pluginData === RETRIED || !isBuiltin(args.path)) return undefined
      if (await resolvesToPackage(build, args)) return undefined
      return { errors: [refusal(args)] }
    })
  },
}
