export { readArguments } from './arguments.ts'
export { withinNetworks } from './networks.ts'
export {
  type MultiUse,
  readSettings,
  SETTING_ALIASES,
  type Settings,
  SettingsError,
  SettingsSchema,
} from './settings.ts'
