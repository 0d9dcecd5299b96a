"""Small tools that know nothing of violence, agencies or HTTP. Import the module you need."""
