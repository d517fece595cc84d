import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))

async function bundle(source: string, external: string[] = []) {
  const { outputFiles, metafile } = await build({
    external,
    stdin: { contents: source, resolveDir: here, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    write: false,
    metafile: true,
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  )
  return { size: outputFiles[0]?.contents.length ?? 0, text: outputFiles[0]?.text ?? '', inputs }
}

const APP = `
  import * as z from 'zod'
  import { ActionResult, ChatExtension, Extension } from '../src/runtime.ts'
  export const ext = new Extension('small-app', { version: '1.0.0' })
  const chat = new ChatExtension(ext, { toolName: 'small_app' })
  chat.function('greet', { description: 'Greets someone by name.', params: z.object({ name: z.string() }) },
    (_ctx, { name }) => ActionResult.success({ message: 'Hello, ' + name }, 'Greeted ' + name))
`

test('[11.1.7] what an extension carries of the SDK is below 60 KB without zod, and neither validators nor manifest schema', async () => {
  const { size, inputs } = await bundle(APP, ['zod'])
  expect(size).toBeLessThan(60 * 1024)
  expect(inputs.filter((file) => file.includes('packages/contract'))).toEqual([
    'packages/contract/src/guest-port.ts',
    'packages/contract/src/oauth.ts',
  ])
  expect(inputs.filter((file) => /validators|testing|node_modules/.test(file))).toEqual([])
})

test('[I-SANDBOX-SAFE-LAZY-IMPORTS] values and guards bring no client, no transport and no Node with them', async () => {
  const light = `import { ActionResult, checkIdShape, HealthStatus, normalizeMarkdown } from '../src/runtime.ts'
    export const all = [ActionResult, checkIdShape, HealthStatus, normalizeMarkdown]`
  const { inputs, text } = await bundle(light, ['zod'])
  expect(inputs.filter((file) => /clients|context|port\/|llm|extension\/|testing|validators/.test(file))).toEqual([])
  expect(text).not.toMatch(/fetch\(|node:/)
})

test('[11.1.8] the bundle imports nothing of Node, so it loads in an extension host', async () => {
  const { text } = await bundle(`${APP}; export * from '../src/runtime.ts'`)
  expect(text).not.toMatch(/\bfrom ?["']node:|\bimport\(["']node:|require\(["']node:/)
})

test('error names survive minification', async () => {
  const { text } = await bundle(`export { NotFoundError } from '../src/runtime.ts'`)
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    NotFoundError: new (resource: string, id: string) => Error
  }
  expect(new module.NotFoundError('deal', 'd1')).toMatchObject({ name: 'NotFoundError' })
})

test('schemas parse and a manifest is generated where code from text is forbidden, as in an extension host', async () => {
  const { text } = await bundle(`${APP}
    import { generateManifest } from '../src/runtime.ts'
    const greet = chat.functions.get('greet')
    console.log((await greet({}, { name: 'Ada' })).summary, generateManifest(ext).tools.length)`)
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module']
  const { stdout, stderr } = spawnSync(process.execPath, flags, { input: text, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toBe('Greeted Ada 1\n')
})
