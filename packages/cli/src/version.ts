import description from '../package.json' with { type: 'json' }

/** Of this command line and of the SDK that is released with it. */
export const VERSION: string = description.version
