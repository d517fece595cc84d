export { readArguments } from './arguments.ts'
export { readSettings, SETTING_ALIASES, type Settings, SettingsError, SettingsSchema } from './settings.ts'
