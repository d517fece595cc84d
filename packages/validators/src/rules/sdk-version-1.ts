import { defineRule } from '../define-rule.ts'

/** Oldest SDK whose manifests are accepted. */
export const MIN_MANIFEST_SDK_VERSION = '4.0.0'

const numbers = (version: string): number[] => (version.split('-')[0] ?? '').split('.').map(Number)

function isOlder(version: string, floor: string): boolean {
  const [a, b] = [numbers(version), numbers(floor)]
  for (let part = 0; part < 3; part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0)
    if (difference !== 0) return !(difference > 0)
  }
  return false
}

export const sdkVersion1 = defineRule({
  id: 'SDK-VERSION-1',
  needs: 'manifest',
  severity: 'ERROR',
  title: `The manifest was written by SDK ${MIN_MANIFEST_SDK_VERSION} or later`,
  *check({ manifest: { sdkVersion } }) {
    if (sdkVersion !== '' && !isOlder(sdkVersion, MIN_MANIFEST_SDK_VERSION)) return
    yield {
      message:
        sdkVersion === ''
          ? 'The manifest does not say which SDK wrote it'
          : `The manifest was written by SDK ${sdkVersion}; ${MIN_MANIFEST_SDK_VERSION} is the oldest that counts`,
      fix: 'Run `imperal build` with the SDK of this platform.',
      path: ['sdk_version'],
    }
  },
})
