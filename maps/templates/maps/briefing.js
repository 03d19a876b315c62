(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent)
  const config = read('config'), said = read('said')
  const map = window[config.map]
  const layers = Object.fromEntries(Object.entries(config.scenes).map(([key, name]) => [key, window[name]]))
  // Leaflet's own line begins with a flag and a link.
  L.control.attribution({prefix: false}).addTo(map).addAttribution(said.attribution)
  L.control.zoom({zoomInTitle: said.zoomIn, zoomOutTitle: said.zoomOut}).addTo(map)
  L.control.scale({imperial: false, position: 'bottomleft'}).addTo(map)
  if (L.Browser.mobile) map.dragging.disable() // one finger scrolls the page, two move the map

  const size = () => map.getContainer().classList.toggle('far', map.getZoom() < 12.5)
  map.on('zoomend', size)
  size()

  const slot = document.getElementById('time')
  const control = document.querySelector('.leaflet-bar-timecontrol')
  slot.append(control)
  const buttons = {backward: said.previous, forward: said.next, play: said.play}
  for (const [name, text] of Object.entries(buttons)) {
    const button = control.querySelector(`.timecontrol-${name}`)
    button.title = text
    button.setAttribute('role', 'button')
    button.setAttribute('aria-label', text)
  }
  control.querySelector('.timecontrol-date').removeAttribute('title')

  const show = (key) => {
    for (const [name, layer] of Object.entries(layers)) {
      if (layer && layer !== layers[key]) map.removeLayer(layer)
    }
    const layer = layers[key]
    if (layer) map.addLayer(layer)
    if (layer?.setStyle) layer.setStyle((feature) => ({fillColor: feature.properties[key]}))
    for (const figure of document.querySelectorAll('[data-scene]')) figure.hidden = figure.dataset.scene !== key
    slot.hidden = key !== 'days'
  }
  for (const choice of document.querySelectorAll('[name=scene]')) {
    choice.addEventListener('change', () => show(choice.value))
  }
  show(document.querySelector('[name=scene]:checked').value)
  const stations = document.getElementById('stations')
  stations?.addEventListener('change', () => {
    map[stations.checked ? 'addLayer' : 'removeLayer'](window[config.stations])
  })
  document.documentElement.dataset.ready = ''
})()
