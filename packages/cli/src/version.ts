import description from '../package.json' with { type: 'json' }

/** Of the packages: this command line, and the SDK that is released with it. */
export const VERSION: string = description.version

/** What manifests name as `sdk_version`; a test holds it equal to the SDK's own. */
export const SDK_VERSION = '4.3.0'
