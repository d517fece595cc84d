export { readSettings, type Settings, SettingsError, SettingsSchema } from './settings.ts'
