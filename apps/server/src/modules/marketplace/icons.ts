import { createHash } from 'node:crypto'
import type { AppRecord, AppVersion } from '../registry/index.ts'

const HUES = 12

/** A tile with the first letter of the name, for apps without an icon of their own. */
function letterIcon(name: string): string {
  const letter = [...name.trim()].find((sign) => /[\p{L}\p{N}]/u.test(sign))?.toUpperCase() ?? '?'
  const hue = ([...name].reduce((sum, sign) => sum + (sign.codePointAt(0) ?? 0), 0) % HUES) * (360 / HUES)
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">' +
    `<rect width="64" height="64" rx="14" fill="hsl(${hue} 45% 42%)"/>` +
    '<text x="32" y="44" font-family="sans-serif" font-size="34" font-weight="600" text-anchor="middle" fill="#fff">' +
    `${letter}</text></svg>`
  )
}

/** The icon of an app: its own, cleaned when it was published, or a letter tile. */
export const iconOf = (app: AppRecord, version: AppVersion): string => version.iconSvg ?? letterIcon(app.name)

export const iconTag = (svg: string): string => createHash('sha256').update(svg).digest('hex').slice(0, 16)

/**
 * Where a browser finds the icon. Published apps have a public address that changes with the picture; the icon of an
 * unpublished one is nobody else's business and travels inside the answer.
 */
export function iconUrl(publicUrl: string, app: AppRecord, version: AppVersion): string {
  const svg = iconOf(app, version)
  return app.status === 'active'
    ? `${publicUrl}/v1/marketplace/apps/${app.appId}/icon?v=${iconTag(svg)}`
    : `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
