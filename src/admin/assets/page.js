document.addEventListener('click', ({ target }) => {
  if (target.closest?.('[data-dismiss]')) target.closest('#fault').remove()
})
