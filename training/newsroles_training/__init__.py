"""Fine-tune, evaluate and export the models that newsroles serves; needs the extra `train`."""
