import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const MOST_BYTES = 256 << 20

const answer = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
  response.writeHead(status, { 'content-type': type }).end(body)
}

/** What npm unpacks: one folder with the package in it. */
function tarballOf(folder: string): Promise<Buffer> {
  const args = ['-cz', '-C', path.dirname(folder), '--exclude=node_modules', path.basename(folder)]
  const env = { ...process.env, GZIP: '-1' }
  return new Promise((resolve, reject) => {
    execFile('tar', args, { encoding: 'buffer', maxBuffer: MOST_BYTES, env }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    )
  })
}

export interface NpmRegistry {
  readonly url: string
  close(): Promise<void>
}

interface Installed {
  readonly folder: string
  readonly manifest: { readonly version: string }
}

/** Every version of a package that this checkout has, at the top or below another package. */
function installed(name: string): Installed[] {
  const { packages } = JSON.parse(readFileSync(path.join(CHECKOUT, 'package-lock.json'), 'utf8')) as {
    packages: object
  }
  return Object.keys(packages)
    .filter((place) => place.endsWith(`node_modules/${name}`) && existsSync(path.join(CHECKOUT, place, 'package.json')))
    .map((place) => path.join(CHECKOUT, place))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) }))
}

/** A registry on loopback that has the packages of this checkout, so that `npm install` needs no network. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => answer(response, 500, 'text/plain', String(error)))
  })
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = decodeURIComponent((request.url ?? '/').slice(1))
    const [, name = asked, wanted] = /^(.+)\/-\/(.+)\.tgz$/.exec(asked) ?? []
    const found = installed(name)
    if (found.length === 0) return answer(response, 404, 'application/json', '{}')
    const one = found.find(({ manifest }) => manifest.version === wanted)
    if (one !== undefined) return answer(response, 200, 'application/octet-stream', await tarballOf(one.folder))
    const versions = Object.fromEntries(
      found.map(({ manifest }) => [
        manifest.version,
        { ...manifest, dist: { tarball: `${url}/${name}/-/${manifest.version}.tgz` } },
      ]),
    )
    const [latest] = Object.keys(versions)
    answer(response, 200, 'application/json', JSON.stringify({ name, 'dist-tags': { latest }, versions }))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
