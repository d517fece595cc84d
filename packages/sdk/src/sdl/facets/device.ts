import { flag, moment, number, text, whole } from '../fields.ts'

// Things that measure and move.

export const DeviceIdentity = {
  device_id: text('device.device_id'),
  serial_number: text('device.serial_number'),
  model: text('device.model'),
  firmware: text('device.firmware'),
  vendor: text('device.vendor'),
}
export const DeviceState = {
  power: text('device.power'),
  battery_percent: number('device.battery_percent'),
  connectivity: text('device.connectivity'),
  last_contact_at: moment('device.last_contact_at'),
}
export const SensorReading = {
  sensor: text('device.sensor'),
  reading: number('device.reading'),
  unit: text('device.unit'),
  read_at: moment('device.read_at'),
  quality: text('device.quality'),
}
export const ActuatorState = {
  actuator: text('device.actuator'),
  position: number('device.position'),
  target: number('device.target'),
  mode: text('device.mode'),
  is_on: flag('device.is_on'),
  commanded_at: moment('device.commanded_at'),
  speed: number('device.speed'),
}
export const Consumable = {
  consumable: text('device.consumable'),
  level_percent: number('device.level_percent'),
  replace_at: moment('device.replace_at'),
  remaining: number('device.remaining'),
}
export const ActivityMetrics = {
  steps: whole('device.steps'),
  distance: number('device.distance'),
  calories: number('device.calories'),
  active_minutes: number('device.active_minutes'),
  floors: whole('device.floors'),
}
export const BodyComposition = {
  weight: number('device.weight'),
  body_fat_percent: number('device.body_fat_percent'),
  muscle_mass: number('device.muscle_mass'),
  bone_mass: number('device.bone_mass'),
  bmi: number('device.bmi'),
}
export const VitalSign = {
  heart_rate: number('device.heart_rate'),
  systolic: number('device.systolic'),
  diastolic: number('device.diastolic'),
  oxygen_percent: number('device.oxygen_percent'),
  body_temperature: number('device.body_temperature'),
}
export const Biometric = {
  biometric_type: text('device.biometric_type'),
  score: number('device.score'),
  matched: flag('device.matched'),
  template_id: text('device.template_id'),
  captured_at: moment('device.captured_at'),
  device_id: text('device.device_id'),
  liveness: number('device.liveness'),
}
export const SleepRecord = {
  asleep_at: moment('device.asleep_at'),
  awake_at: moment('device.awake_at'),
  deep_minutes: number('device.deep_minutes'),
  light_minutes: number('device.light_minutes'),
  rem_minutes: number('device.rem_minutes'),
}
export const AIProvenance = {
  model: text('device.model'),
  provider: text('device.provider'),
  prompt_id: text('device.prompt_id'),
  generated_at: moment('device.generated_at'),
  is_generated: flag('device.is_generated'),
}
