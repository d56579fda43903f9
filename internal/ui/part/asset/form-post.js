// Sends the form of a form_post response without a click. The prototype's
// method is used because a field may be named "submit".
HTMLFormElement.prototype.submit.call(document.getElementById("form-post"));
