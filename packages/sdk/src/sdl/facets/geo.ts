import { moment, number, numbers, text, texts } from '../fields.ts'

// Where something is. What plays these roles is masked in events for other apps.

export const Geolocated = {
  latitude: number('geo.latitude'),
  longitude: number('geo.longitude'),
  altitude: number('geo.altitude'),
  accuracy: number('geo.accuracy'),
  heading: number('geo.heading'),
  located_at: moment('geo.located_at'),
  place_name: text('geo.place_name'),
}
export const PostalAddress = {
  street: text('geo.street'),
  city: text('geo.city'),
  postal_code: text('geo.postal_code'),
  region: text('geo.region'),
  country: text('geo.country'),
}
export const AdminRegion = {
  country_code: text('geo.country_code'),
  region_code: text('geo.region_code'),
  county: text('geo.county'),
  municipality: text('geo.municipality'),
  district: text('geo.district'),
  region_name: text('geo.region_name'),
}
export const BoundingBox = {
  north: number('geo.north'),
  south: number('geo.south'),
  east: number('geo.east'),
  west: number('geo.west'),
}
export const Geofence = {
  center_latitude: number('geo.center_latitude'),
  center_longitude: number('geo.center_longitude'),
  radius: number('geo.radius'),
  polygon: numbers('geo.polygon'),
  fence_name: text('geo.fence_name'),
}
export const Routed = {
  origin: text('geo.origin'),
  destination: text('geo.destination'),
  waypoints: texts('geo.waypoints'),
  distance: number('geo.distance'),
  travel_seconds: number('geo.travel_seconds'),
}
export const Placed = {
  place_id: text('geo.place_id'),
  venue: text('geo.venue'),
  room: text('geo.room'),
}
