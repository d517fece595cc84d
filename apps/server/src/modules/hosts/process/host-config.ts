import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXTENSION_MODULE, GUEST_MODULE } from '@imperal/host'

/** Runtime behaviour is pinned to this date; nothing newer changes under an extension. */
const COMPATIBILITY_DATE = '2026-11-01'

export interface HostFiles {
  readonly config: string
  readonly inSocket: string
  readonly egressSocket: string
}

const quoted = (text: string): string => JSON.stringify(text)

// The runtime's own way to the internet is replaced by one that leads nowhere; it would also want certificates.
function configText(files: HostFiles, memoryMb: number): string {
  // The compile cache of the runtime matches only while `initial-old-space-size` is not set: 25 ms of each cold start.
  const heap = [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=1', '--semi-space-growth-factor=1']
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "extension", worker = .extension),
    (name = "internet", network = (allow = [])),
    (name = "egress", external = (address = ${quoted(`unix:${files.egressSocket}`)}, http = (style = proxy))),
  ],
  sockets = [(name = "in", address = ${quoted(`unix:${files.inSocket}`)}, http = (), service = "extension")],
  v8Flags = [${heap.map(quoted).join(', ')}],
  logging = (structuredLogging = true),
);
const extension :Workerd.Worker = (
  modules = [
    (name = ${quoted(GUEST_MODULE)}, esModule = embed ${quoted(GUEST_MODULE)}),
    (name = ${quoted(EXTENSION_MODULE)}, esModule = embed ${quoted(EXTENSION_MODULE)}),
  ],
  compatibilityDate = ${quoted(COMPATIBILITY_DATE)},
  globalOutbound = "egress",
);
`
}

/** Writes what the runtime reads into the process folder. The sockets come later, one made by each side. */
export function writeHostFiles(
  folder: string,
  content: { readonly guest: string; readonly bundle: string; readonly memoryMb: number },
): HostFiles {
  const files = {
    config: join(folder, 'config.capnp'),
    inSocket: join(folder, 'in.sock'),
    egressSocket: join(folder, 'egress.sock'),
  }
  writeFileSync(join(folder, GUEST_MODULE), content.guest, { mode: 0o644 })
  writeFileSync(join(folder, EXTENSION_MODULE), content.bundle, { mode: 0o644 })
  writeFileSync(files.config, configText(files, content.memoryMb), { mode: 0o644 })
  return files
}
