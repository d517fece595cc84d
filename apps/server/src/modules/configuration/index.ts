export { forgetConfiguration } from './forget-user.ts'
export { openConfiguration } from './open-configuration.ts'
export type { ConfigLayer, ConfigPlace, ConfigReader, Configuration, LayersAround } from './types.ts'
