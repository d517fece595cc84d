import { moment, number, text } from '../fields.ts'

// Figures with their units.

export const Measured = {
  value: number('quantity.value'),
  unit: text('quantity.unit'),
  precision: number('quantity.precision'),
  measured_at: moment('quantity.measured_at'),
  method: text('quantity.method'),
  uncertainty: number('quantity.uncertainty'),
  display: text('quantity.display'),
}
export const Range = {
  minimum: number('quantity.minimum'),
  maximum: number('quantity.maximum'),
  step: number('quantity.step'),
}
export const Dimensions3D = {
  length: number('quantity.length'),
  width: number('quantity.width'),
  height: number('quantity.height'),
  unit: text('quantity.unit'),
}
export const Area = {
  area: number('quantity.area'),
  area_unit: text('quantity.area_unit'),
}
export const Angle = {
  angle: number('quantity.angle'),
  angle_unit: text('quantity.angle_unit'),
}
export const Bitrate = {
  bitrate: number('quantity.bitrate'),
  bitrate_unit: text('quantity.bitrate_unit'),
}
export const DataSize = {
  data_size: number('quantity.data_size'),
  data_unit: text('quantity.data_unit'),
}
export const Temperature = {
  temperature: number('quantity.temperature'),
  temperature_unit: text('quantity.temperature_unit'),
}
export const Length = {
  distance: number('quantity.distance'),
  distance_unit: text('quantity.distance_unit'),
}
export const Weight = {
  weight: number('quantity.weight'),
  weight_unit: text('quantity.weight_unit'),
}
export const Speed = {
  speed: number('quantity.speed'),
  speed_unit: text('quantity.speed_unit'),
}
export const Percentage = {
  percent: number('quantity.percent'),
}
