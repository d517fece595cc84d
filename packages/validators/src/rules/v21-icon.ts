import { readFileSync } from 'node:fs'
import path from 'node:path'
import { defineRule } from '../define-rule.ts'
import { iconDefects } from '../files/icon-defects.ts'
import type { Finding } from '../issue.ts'

const declared = { registration: 'extension', option: 'icon' }

function* fileDefects(root: string, icon: string): Generator<Finding> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path.resolve(root, icon))
  } catch {
    // Whatever keeps the file from being read, the author has to look at the path.
    yield {
      message: `The icon '${icon}' cannot be read`,
      fix: 'Put an SVG file there, or correct the path.',
      at: declared,
    }
    return
  }
  for (const { message, fix, line } of iconDefects(bytes)) yield { message, fix, at: { file: icon, line } }
}

/** What the manifest alone says about its icon. */
function nameDefect(icon: string): Finding | undefined {
  if (icon === '') {
    return {
      message: 'There is no icon',
      fix: "Add an SVG file and `icon: 'icon.svg'`.",
      at: { registration: 'extension' },
    }
  }
  if (icon.toLowerCase().endsWith('.svg')) return undefined
  return { message: `The icon '${icon}' is no SVG file`, fix: "Draw it as SVG and name it 'icon.svg'.", at: declared }
}

export const v21Icon = defineRule({
  id: 'V21',
  needs: 'folder',
  severity: 'ERROR',
  title: 'The icon is a sound SVG file of at most 100 KB',
  *check({ manifest: { icon }, root }) {
    const defect = nameDefect(icon)
    if (defect === undefined) yield* fileDefects(root, icon)
    else yield defect
  },
})

/** The same for an icon that was uploaded beside its manifest. */
export const v21UploadedIcon = defineRule({
  id: 'V21',
  needs: 'icon',
  severity: 'ERROR',
  title: 'The uploaded icon is a sound SVG file of at most 100 KB',
  *check({ manifest: { icon }, bytes }) {
    const defect = nameDefect(icon)
    if (defect !== undefined) yield defect
    if (bytes === null) {
      if (defect === undefined)
        yield { message: `The icon '${icon}' was not uploaded`, fix: 'Upload it as the part `icon`.' }
      return
    }
    for (const { message, fix, line } of iconDefects(bytes))
      yield { message, fix, at: { file: icon || 'icon.svg', line } }
  },
})
