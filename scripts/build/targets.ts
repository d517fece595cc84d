import path from 'node:path'
import { buildExtension, findExtensions } from './extensions.ts'
import { buildPackages } from './packages.ts'
import { buildPanel, hasPanel } from './panel.ts'
import type { Target } from './stamps.ts'

const ALWAYS = ['package-lock.json', 'tsconfig.base.json', 'scripts/build']
const CONTRACT = 'packages/contract'
const SDK = [CONTRACT, 'packages/sdk']

function packages(checkout: string): Target {
  const output = '.imperal-build/packages'
  return {
    name: 'packages',
    title: 'the SDK and the command line',
    inputs: [...ALWAYS, ...SDK, 'packages/client', 'packages/validators', 'packages/ui-kit', 'packages/cli'],
    outputs: [output, 'packages/cli/dist/page', 'packages/cli/dist/mcp'],
    build: () => buildPackages(checkout, path.join(checkout, output)),
  }
}

function extension(checkout: string, name: string): Target {
  const output = `.imperal-build/extensions/${name}`
  return {
    name: `extension-${name}`,
    title: `the extension ${name}`,
    inputs: [...ALWAYS, ...SDK, `extensions/${name}`],
    outputs: [output],
    build: () => buildExtension(checkout, name, path.join(checkout, output)),
  }
}

function panel(checkout: string): Target {
  return {
    name: 'panel',
    title: 'the panel',
    inputs: [...ALWAYS, CONTRACT, 'packages/client', 'packages/ui-kit', 'apps/panel'],
    outputs: ['apps/panel/dist/index.html'],
    build: () => buildPanel(checkout),
  }
}

/** Everything that has to be built before the platform can start. */
export function allTargets(checkout: string): Target[] {
  return [
    packages(checkout),
    ...findExtensions(checkout).map((name) => extension(checkout, name)),
    ...(hasPanel(checkout) ? [panel(checkout)] : []),
  ]
}
