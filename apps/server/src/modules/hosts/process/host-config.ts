import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EXTENSION_MODULE, GUEST_MODULE } from '@imperal/host'
import { replaceText } from './capnp-text.ts'

/** Runtime behaviour is pinned to this date; nothing newer changes under an extension. */
const COMPATIBILITY_DATE = '2026-11-01'
const PLACE_OF_BUNDLE = '// Here stands the extension.'

/** Everything that a runtime reads. */
export interface HostConfig {
  /** The configuration with this bundle as its extension, as the runtime reads it from its input. */
  withBundle(bundle: string): Buffer
}

const quoted = (text: string): string => JSON.stringify(text)

// The runtime's own way to the internet is replaced by one that leads nowhere; it would also want certificates.
function configText(memoryMb: number): string {
  // The compile cache of the runtime matches only while `initial-old-space-size` is not set: 25 ms of each cold start.
  const heap = [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=1', '--semi-space-growth-factor=1']
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "extension", worker = .extension),
    (name = "internet", network = (allow = [])),
    (name = "egress", external = (http = (style = proxy))),
  ],
  sockets = [(name = "in", http = (), service = "extension")],
  v8Flags = [${heap.map(quoted).join(', ')}],
  logging = (structuredLogging = true),
);
const extension :Workerd.Worker = (
  modules = [
    (name = ${quoted(GUEST_MODULE)}, esModule = embed ${quoted(GUEST_MODULE)}),
    (name = ${quoted(EXTENSION_MODULE)}, esModule = ${quoted(PLACE_OF_BUNDLE)}),
  ],
  compatibilityDate = ${quoted(COMPATIBILITY_DATE)},
  globalOutbound = "egress",
);
`
}

/**
 * Compiles what every runtime of this server reads; only the bundle is put in later. Runs `program` once, on our own
 * text and outside the walls.
 */
export async function compileConfig(
  program: string,
  content: { readonly folder: string; readonly guest: string; readonly memoryMb: number },
): Promise<HostConfig> {
  const folder = mkdtempSync(join(content.folder, 'config-'))
  try {
    const source = join(folder, 'config.capnp')
    writeFileSync(source, configText(content.memoryMb))
    writeFileSync(join(folder, GUEST_MODULE), content.guest)
    const options = { env: {}, encoding: 'buffer' as const, maxBuffer: 16 * 1024 * 1024, timeout: 30_000 }
    const { stdout } = await promisify(execFile)(program, ['compile', '--config-only', source], options)
    return { withBundle: (bundle) => replaceText(stdout, PLACE_OF_BUNDLE, bundle) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How a runtime is told to wait for its configuration, and where its sockets are. */
export const serveArguments = (sockets: { readonly in: string; readonly egress: string }): string[] => [
  ...['serve', '--binary', '-'],
  ...['--socket-addr', `in=unix:${sockets.in}`],
  ...['--external-addr', `egress=unix:${sockets.egress}`],
]
